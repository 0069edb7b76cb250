// SPDX-License-Identifier: Apache-2.0
rule fortinet_go_terraform_fortios
{
    meta:
        vendor = "fortinet"
        product = "terraform-fortios"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/terraform-providers/terraform-provider-fortios"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/terraform-providers\/terraform-provider-fortios(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/terraform-providers\/terraform-provider-fortios(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule fortinet_go_lacework_cli
{
    meta:
        vendor = "fortinet"
        product = "lacework-cli"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/lacework/go-sdk"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/lacework\/go-sdk(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/lacework\/go-sdk(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
