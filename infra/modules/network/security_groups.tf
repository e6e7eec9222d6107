resource "aws_security_group" "workload" {
  #checkov:skip=CKV2_AWS_5:Attached to jobs, endpoints, the notebook and the page's server, all outside of this module
  name        = "${local.name}-workload"
  description = "Jobs, endpoints, notebook and server: reach AWS services and each other only"
  vpc_id      = local.vpc_id

  tags = { Name = "${local.name}-workload" }
}

# Several instances of one training job talk to each other on any port.
resource "aws_vpc_security_group_ingress_rule" "workload_each_other" {
  #checkov:skip=CKV_AWS_24:From members of this group only, not from 0.0.0.0/0
  #checkov:skip=CKV_AWS_25:From members of this group only, not from 0.0.0.0/0
  #checkov:skip=CKV_AWS_260:From members of this group only, not from 0.0.0.0/0
  security_group_id            = aws_security_group.workload.id
  description                  = "Instances of one job, from each other"
  ip_protocol                  = "tcp"
  from_port                    = 0
  to_port                      = 65535
  referenced_security_group_id = aws_security_group.workload.id
}

resource "aws_vpc_security_group_egress_rule" "workload_each_other" {
  security_group_id            = aws_security_group.workload.id
  description                  = "Instances of one job, to each other"
  ip_protocol                  = "tcp"
  from_port                    = 0
  to_port                      = 65535
  referenced_security_group_id = aws_security_group.workload.id
}

resource "aws_vpc_security_group_egress_rule" "workload_s3" {
  security_group_id = aws_security_group.workload.id
  description       = "S3, through the gateway endpoint"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = data.aws_prefix_list.s3.id
}

resource "aws_vpc_security_group_egress_rule" "workload_endpoints" {
  count = local.make_endpoints ? 1 : 0

  security_group_id            = aws_security_group.workload.id
  description                  = "AWS services, through the interface endpoints"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.endpoint[0].id
}

# The endpoints of an existing VPC have security groups that we do not know; they lie within its addresses.
resource "aws_vpc_security_group_egress_rule" "workload_vpc" {
  count = local.make_endpoints ? 0 : 1

  security_group_id = aws_security_group.workload.id
  description       = "AWS services, through the existing endpoints of the VPC"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = local.vpc_cidr_block
}

resource "aws_vpc_security_group_egress_rule" "workload_outside" {
  for_each = toset(var.egress_cidr_blocks)

  security_group_id = aws_security_group.workload.id
  description       = "Asked for by egress_cidr_blocks"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.value
}

resource "aws_security_group" "endpoint" {
  count = local.make_endpoints ? 1 : 0

  name        = "${local.name}-endpoint"
  description = "Interface endpoints: HTTPS from the workload only, nothing out"
  vpc_id      = local.vpc_id

  tags = { Name = "${local.name}-endpoint" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  count = local.make_endpoints ? 1 : 0

  security_group_id            = aws_security_group.endpoint[0].id
  description                  = "HTTPS from the workload"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.workload.id
}
