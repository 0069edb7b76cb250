// SPDX-License-Identifier: Apache-2.0
rule imperva_go_terraform_incapsula
{
    meta:
        vendor = "imperva"
        product = "terraform-incapsula"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/terraform-providers/terraform-provider-incapsula"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/terraform-providers\/terraform-provider-incapsula(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/terraform-providers\/terraform-provider-incapsula(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
