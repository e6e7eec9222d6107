data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:A new zone changes nothing: the first zone_count names are taken
  state = "available"

  # No local or wavelength zones: they lack services.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_vpc" "existing" {
  count = var.existing_vpc == null ? 0 : 1

  id = var.existing_vpc.vpc_id
}

locals {
  name      = "${var.project}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.name

  made           = var.existing_vpc == null
  make_endpoints = local.made || !try(var.existing_vpc.has_endpoints, true)
  zones          = slice(sort(data.aws_availability_zones.available.names), 0, var.zone_count)
  nat_count      = { none = 0, single = 1, zone = var.zone_count }[var.nat]

  vpc_id         = local.made ? aws_vpc.vpc[0].id : var.existing_vpc.vpc_id
  vpc_cidr_block = local.made ? var.vpc_cidr : data.aws_vpc.existing[0].cidr_block
  subnet_ids     = local.made ? aws_subnet.private[*].id : var.existing_vpc.subnet_ids
}
