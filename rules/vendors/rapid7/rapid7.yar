// SPDX-License-Identifier: Apache-2.0
rule rapid7_velociraptor
{
    meta:
        vendor = "rapid7"
        product = "velociraptor"
        weight = "strong"
        scope = "any"
        witness = "build"
        reference = "Velocidex/velociraptor go.mod and magefile.go (builds ./bin/); Go runtime/debug, the text of build information"
        basis = "main package and main module in Go's build information: who only uses its packages names them as dep"
    strings:
        $path = "path\twww.velocidex.com/golang/velociraptor/bin\n"
        $mod = "mod\twww.velocidex.com/golang/velociraptor\t"
    condition:
        all of them
}

rule rapid7_go_cps
{
    meta:
        vendor = "rapid7"
        product = "cps"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/rapid7/cps"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/rapid7\/cps(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/rapid7\/cps(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
