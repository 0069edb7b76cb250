// SPDX-License-Identifier: Apache-2.0
rule sysdig_go_kubectl_dig
{
    meta:
        vendor = "sysdig"
        product = "kubectl-dig"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/sysdiglabs/kubectl-dig"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/sysdiglabs\/kubectl-dig(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/sysdiglabs\/kubectl-dig(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule sysdig_inspector
{
    meta:
        vendor = "sysdig"
        product = "open-source"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "Debian sysdig 0.29.3-1+b1"
        basis = "the function that starts the program, and its usage text; Falco and its libraries have neither"
    strings:
        $init = "\x00_Z11sysdig_initiPPc\x00"
        $cinit = "\x00_Z12csysdig_initiPPc\x00"
        $use = "Usage: sysdig [options] [-p <output_format>] [filter]"
        $cuse = "Usage: csysdig [options] [filter]"
    condition:
        tm_format == "elf" and (($init and $use) or ($cinit and $cuse))
}
