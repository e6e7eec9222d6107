resource "aws_vpc" "vpc" {
  count = local.made ? 1 : 0

  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

# The group that AWS makes with every VPC would let its members talk to everyone.
resource "aws_default_security_group" "closed" {
  count = local.made ? 1 : 0

  vpc_id = aws_vpc.vpc[0].id

  tags = { Name = "${local.name}-closed" }
}

resource "aws_subnet" "private" {
  count = local.made ? var.zone_count : 0

  vpc_id            = aws_vpc.vpc[0].id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, count.index)

  tags = { Name = "${local.name}-private-${local.zones[count.index]}" }
}

resource "aws_route_table" "private" {
  count = local.made ? var.zone_count : 0

  vpc_id = aws_vpc.vpc[0].id

  tags = { Name = "${local.name}-private-${local.zones[count.index]}" }
}

resource "aws_route_table_association" "private" {
  count = local.made ? var.zone_count : 0

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[count.index].id
}

resource "aws_flow_log" "vpc" {
  count = local.made ? 1 : 0

  vpc_id                   = aws_vpc.vpc[0].id
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = "${var.flow_log_bucket_arn}/flow/"
  max_aggregation_interval = 600

  destination_options {
    file_format                = "parquet"
    hive_compatible_partitions = true
    per_hour_partition         = true
  }

  tags = { Name = local.name }
}
