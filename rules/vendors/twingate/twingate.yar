// SPDX-License-Identifier: Apache-2.0
rule twingate_go_pulumi
{
    meta:
        vendor = "twingate"
        product = "pulumi"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/Twingate/pulumi-twingate"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/Twingate\/pulumi-twingate(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/Twingate\/pulumi-twingate(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
