// SPDX-License-Identifier: Apache-2.0
rule netskope_go_terraform
{
    meta:
        vendor = "netskope"
        product = "terraform"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/netskopeoss/terraform-provider-netskope"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/netskopeoss\/terraform-provider-netskope(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/netskopeoss\/terraform-provider-netskope(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
