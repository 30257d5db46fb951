output "functions_per_namespace" {
  value       = { for group in local.groups : "${var.namespace}-${group}" => length([for function in local.functions : function if function.group == group]) }
  description = "At most fifty each."
}

output "paths" {
  value       = { for name, function in local.addressed : name => function.paths[0] }
  description = "The path under the shop's domain that leads to each function."
}
