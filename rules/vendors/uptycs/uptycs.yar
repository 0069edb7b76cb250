// SPDX-License-Identifier: Apache-2.0
rule uptycs_go_cloudquery
{
    meta:
        vendor = "uptycs"
        product = "cloudquery"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/Uptycs/cloudquery"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/Uptycs\/cloudquery(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/Uptycs\/cloudquery(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
