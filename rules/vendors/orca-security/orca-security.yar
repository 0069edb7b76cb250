// SPDX-License-Identifier: Apache-2.0
rule orcasecurity_go_terraform_orca
{
    meta:
        vendor = "orca-security"
        product = "terraform-orca"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of terraform-provider-orcasecurity"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tterraform-provider-orcasecurity(\/v[0-9]{1,2})?\t/
        $package = /path\tterraform-provider-orcasecurity(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
