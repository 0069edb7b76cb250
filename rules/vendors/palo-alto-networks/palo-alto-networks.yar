// SPDX-License-Identifier: Apache-2.0
rule paloalto_cortex_xdr_driver
{
    meta:
        vendor = "palo-alto-networks"
        product = "cortex-xdr"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Cyvrlpc.yar, samples 2cd7a0c4e8d24404c92e4ed8539b2136028a8ca663f3432e417b00665493e13f, 05f8f514d1367aca856564af5443a75f47d22a30ce63f0b024a41e6b9553a527"
        basis = "OriginalFilename and description in the version resource; both samples were signed anew by strangers"
    strings:
        $original = "OriginalFilename\x00cyvrlpc.sys\x00" wide
        $description = "Cortex XDR LPC Driver" wide
    condition:
        tm_format == "pe" and all of them
}

rule paloaltonetworks_go_yor
{
    meta:
        vendor = "palo-alto-networks"
        product = "yor"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/bridgecrewio/yor"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/bridgecrewio\/yor(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/bridgecrewio\/yor(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule paloaltonetworks_go_terraform_panos
{
    meta:
        vendor = "palo-alto-networks"
        product = "terraform-panos"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/PaloAltoNetworks/terraform-provider-panos"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/PaloAltoNetworks\/terraform-provider-panos(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/PaloAltoNetworks\/terraform-provider-panos(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule paloaltonetworks_go_terraform_cortexcloud
{
    meta:
        vendor = "palo-alto-networks"
        product = "terraform-cortexcloud"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/PaloAltoNetworks/terraform-provider-cortexcloud"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/PaloAltoNetworks\/terraform-provider-cortexcloud(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/PaloAltoNetworks\/terraform-provider-cortexcloud(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
