// SPDX-License-Identifier: Apache-2.0
rule splunk_go_otel_collector
{
    meta:
        vendor = "splunk"
        product = "otel-collector"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/signalfx/splunk-otel-collector"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/signalfx\/splunk-otel-collector(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/signalfx\/splunk-otel-collector(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule splunk_go_operator
{
    meta:
        vendor = "splunk"
        product = "operator"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/splunk/splunk-operator"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/splunk\/splunk-operator(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/splunk\/splunk-operator(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
