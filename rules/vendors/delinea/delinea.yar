// SPDX-License-Identifier: Apache-2.0
rule delinea_go_dsv_k8s
{
    meta:
        vendor = "delinea"
        product = "dsv-k8s"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/DelineaXPM/dsv-k8s"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/DelineaXPM\/dsv-k8s(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/DelineaXPM\/dsv-k8s(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule delinea_go_tss_k8s
{
    meta:
        vendor = "delinea"
        product = "tss-k8s"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/DelineaXPM/tss-k8s"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/DelineaXPM\/tss-k8s(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/DelineaXPM\/tss-k8s(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
