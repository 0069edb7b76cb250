// SPDX-License-Identifier: Apache-2.0
rule akamai_go_terraform
{
    meta:
        vendor = "akamai"
        product = "terraform"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/akamai/terraform-provider-akamai"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/akamai\/terraform-provider-akamai(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/akamai\/terraform-provider-akamai(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule akamai_go_cli_terraform
{
    meta:
        vendor = "akamai"
        product = "cli-terraform"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/akamai/cli-terraform"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/akamai\/cli-terraform(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/akamai\/cli-terraform(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule akamai_go_edgedns_registrar
{
    meta:
        vendor = "akamai"
        product = "edgedns-registrar"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/akamai/edgedns-registrar-coordinator"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/akamai\/edgedns-registrar-coordinator(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/akamai\/edgedns-registrar-coordinator(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
