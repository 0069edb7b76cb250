// SPDX-License-Identifier: Apache-2.0
rule limacharlie_go_usp_adapters
{
    meta:
        vendor = "limacharlie"
        product = "usp-adapters"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/refractionPOINT/usp-adapters"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/refractionPOINT\/usp-adapters(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/refractionPOINT\/usp-adapters(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
