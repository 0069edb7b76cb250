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
