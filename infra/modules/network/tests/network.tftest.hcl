mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { name = "eu-west-2" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-2c", "eu-west-2a", "eu-west-2b"] }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Statement\": []}" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block = "192.168.0.0/16" }
  }
}

variables {
  environment         = "dev"
  flow_log_bucket_arn = "arn:aws:s3:::logs"
}

run "private_by_default" {
  command = plan

  assert {
    condition     = aws_subnet.private[*].availability_zone == ["eu-west-2a", "eu-west-2b"]
    error_message = "the private subnets do not lie in the first two zones"
  }

  assert {
    condition     = length(aws_nat_gateway.nat) == 0 && length(aws_internet_gateway.public) == 0
    error_message = "there is a way out that nobody asked for"
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.workload_outside) == 0
    error_message = "the workload may reach addresses outside of AWS"
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.private_dns_enabled])
    error_message = "a service is not found at its endpoint"
  }

  assert {
    condition     = aws_flow_log.vpc[0].traffic_type == "ALL"
    error_message = "flow logs leave traffic out"
  }
}

run "one_nat_gateway_for_all_zones" {
  command = plan

  variables {
    zone_count         = 3
    nat                = "single"
    egress_cidr_blocks = ["203.0.113.0/24"]
  }

  assert {
    condition     = length(aws_nat_gateway.nat) == 1 && length(aws_route.nat) == 3
    error_message = "three zones do not share one NAT gateway"
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.workload_outside["203.0.113.0/24"].from_port == 443
    error_message = "more than HTTPS is open"
  }
}

run "a_nat_gateway_in_each_zone" {
  command = plan

  variables {
    nat                = "zone"
    egress_cidr_blocks = ["203.0.113.0/24"]
  }

  assert {
    condition     = length(aws_nat_gateway.nat) == 2
    error_message = "a zone has no NAT gateway of its own"
  }
}

run "an_existing_vpc_is_used_as_it_is" {
  command = plan

  variables {
    existing_vpc = { vpc_id = "vpc-0123", subnet_ids = ["subnet-01", "subnet-02"] }
  }

  assert {
    condition     = length(aws_vpc.vpc) == 0 && length(aws_vpc_endpoint.interface) == 0 && length(aws_flow_log.vpc) == 0
    error_message = "something was made in a VPC that has it"
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.workload_vpc[0].cidr_ipv4 == "192.168.0.0/16"
    error_message = "the workload cannot reach the endpoints of the VPC"
  }

  assert {
    condition     = output.subnet_ids == tolist(["subnet-01", "subnet-02"])
    error_message = "the given subnets are not used"
  }
}

run "an_existing_vpc_gets_endpoints_when_it_has_none" {
  command = plan

  variables {
    existing_vpc = { vpc_id = "vpc-0123", subnet_ids = ["subnet-01", "subnet-02"], has_endpoints = false }
  }

  assert {
    condition     = length(aws_vpc_endpoint.s3) == 1 && length(aws_vpc_endpoint.interface) == 12
    error_message = "endpoints are missing"
  }
}

run "a_nat_gateway_that_nothing_uses" {
  command = plan

  variables {
    nat = "single"
  }

  expect_failures = [var.egress_cidr_blocks]
}

run "a_vpc_that_is_too_small" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/26"
  }

  expect_failures = [var.vpc_cidr]
}

run "a_vpc_without_flow_logs" {
  command = plan

  variables {
    flow_log_bucket_arn = null
  }

  expect_failures = [var.flow_log_bucket_arn]
}
