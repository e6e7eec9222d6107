mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-west-2" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_ec2_managed_prefix_list" {
    defaults = { id = "pl-1" }
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/E1", domain_name = "d1.cloudfront.net" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mlcl-dev-page", bucket_regional_domain_name = "mlcl-dev-page.s3.eu-west-2.amazonaws.com" }
  }

  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:loadbalancer/app/mlcl/1", dns_name = "internal-mlcl.elb.amazonaws.com" }
  }

  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/mlcl/1" }
  }

  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:listener/app/mlcl/1/2" }
  }

  mock_resource "aws_ecs_cluster" {
    defaults = { arn = "arn:aws:ecs:eu-west-2:123456789012:cluster/mlcl" }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-west-2:123456789012:task-definition/mlcl:1" }
  }

  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/mlcl" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"

  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:mlcl" }
  }
}

variables {
  environment = "dev"
  log_bucket  = "mlcl-dev-logs"
}

run "files_only" {
  command = apply

  assert {
    condition     = length(aws_lb.server) == 0 && length(aws_ecs_service.server) == 0 && length(aws_internet_gateway.cloudfront) == 0
    error_message = "The server costs by the hour: only when asked for."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.page.ordered_cache_behavior) == 0 && one(aws_cloudfront_distribution.page.default_cache_behavior).viewer_protocol_policy == "redirect-to-https"
    error_message = "Everything comes from the bucket, by HTTPS."
  }

  assert {
    condition     = strcontains(one(one(aws_cloudfront_response_headers_policy.page.security_headers_config).content_security_policy).content_security_policy, "frame-ancestors 'none'")
    error_message = "Nobody may frame the page."
  }

  assert {
    condition     = output.url == "https://d1.cloudfront.net" && output.service_name == null
    error_message = "The page's address is CloudFront's."
  }
}

run "files_are_uploaded_with_their_kind" {
  command = apply

  variables {
    page_folder = "./tests/page"
  }

  assert {
    condition     = { for key, file in aws_s3_object.file : key => file.cache_control } == { "assets/app.js" = "public, max-age=31536000, immutable", "index.html" = "no-cache" }
    error_message = "What has its digest in its name is kept for ever, the entry never."
  }

  assert {
    condition     = aws_s3_object.file["index.html"].content_type == "text/html; charset=utf-8"
    error_message = "A browser goes by the type."
  }
}

run "with_the_server" {
  command = apply

  variables {
    server = {
      image              = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/mlcl-dev-mlcl@sha256:0000000000000000000000000000000000000000000000000000000000000000"
      store_uri          = "s3://mlcl-dev-artefacts/mlcl"
      vpc_id             = "vpc-1"
      subnet_ids         = ["subnet-1", "subnet-2"]
      workload_group_id  = "sg-1"
      task_role_arn      = "arn:aws:iam::123456789012:role/mlcl-dev-server"
      execution_role_arn = "arn:aws:iam::123456789012:role/mlcl-dev-server-execution"
      log_group_name     = "/mlcl/dev/server"
    }
  }

  assert {
    condition     = aws_lb.server[0].internal && !one(aws_ecs_service.server[0].network_configuration).assign_public_ip
    error_message = "The internet reaches CloudFront and nothing behind it."
  }

  assert {
    condition     = contains(aws_cloudfront_distribution.page.ordered_cache_behavior[*].path_pattern, "/api/*")
    error_message = "The API's part of the address leads to the server."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.server[0].container_definitions)[0].readonlyRootFilesystem
    error_message = "The container's file system must be read-only."
  }
}

run "a_certificate_elsewhere_is_refused" {
  command = plan

  variables {
    domain = { name = "mlcl.example.com", certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/1" }
  }

  expect_failures = [var.domain]
}
