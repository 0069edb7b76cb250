// SPDX-License-Identifier: Apache-2.0
rule datadog_go_operator
{
    meta:
        vendor = "datadog"
        product = "operator"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/DataDog/datadog-operator"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/DataDog\/datadog-operator(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/DataDog\/datadog-operator(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule datadog_go_kubehound
{
    meta:
        vendor = "datadog"
        product = "kubehound"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/DataDog/KubeHound"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/DataDog\/KubeHound(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/DataDog\/KubeHound(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule datadog_go_stratus_red_team
{
    meta:
        vendor = "datadog"
        product = "stratus-red-team"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/datadog/stratus-red-team"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/datadog\/stratus-red-team(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/datadog\/stratus-red-team(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule datadog_go_fleet_installer
{
    meta:
        vendor = "datadog"
        product = "fleet-installer"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/DataDog/datadog-agent/pkg/fleet/installer"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/DataDog\/datadog-agent\/pkg\/fleet\/installer(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/DataDog\/datadog-agent\/pkg\/fleet\/installer(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule datadog_native_iast
{
    meta:
        vendor = "datadog"
        product = "iast"
        weight = "strong"
        scope = "any"
        witness = "code"
        reference = "npm @datadog/native-iast-taint-tracking 4.2.1"
        basis = "names of the functions that the module registers, and its own name"
    strings:
        $marks = "\x00addSecureMarksToTaintedString\x00"
        $new = "\x00newTaintedString\x00"
        $module = "\x00iastnativemethods\x00"
    condition:
        all of them
}
