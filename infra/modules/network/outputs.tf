output "vpc_id" {
  description = "The VPC, made here or given."
  value       = local.vpc_id
}

output "vpc_cidr_block" {
  description = "Addresses of the VPC."
  value       = local.vpc_cidr_block
}

output "subnet_ids" {
  description = "Private subnets for jobs, endpoints, the notebook and the page's server."
  value       = local.subnet_ids
}

output "workload_security_group_id" {
  description = "Security group of everything that runs: reaches AWS's services, S3 and its own members, nothing else."
  value       = aws_security_group.workload.id
}

output "endpoint_security_group_id" {
  description = "Security group of the interface endpoints; null when the VPC had them already."
  value       = one(aws_security_group.endpoint[*].id)
}

output "vpc_endpoint_ids" {
  description = "VPC endpoint of each service, by the service's short name; empty when the VPC had them already."
  value       = merge({ for name, endpoint in aws_vpc_endpoint.interface : name => endpoint.id }, { for endpoint in aws_vpc_endpoint.s3 : "s3" => endpoint.id })
}

output "nat_public_ips" {
  description = "Addresses that traffic to the internet comes from, for other people's allow lists; empty without NAT."
  value       = aws_eip.nat[*].public_ip
}
