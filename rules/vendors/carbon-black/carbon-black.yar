// SPDX-License-Identifier: Apache-2.0
rule carbonblack_av_update
{
    meta:
        vendor = "carbon-black"
        product = "cloud-sensor"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/carbonblack/avupdate.yml, sample 3dfae7b23f6d1fe6e37a19de0e3b1f39249d146a1d21102dcc37861d337a0633"
        basis = "FileDescription in the version resource of upd.exe"
    strings:
        $description = "FileDescription\x00\x00Carbon Black Cloud Sensor AV Update Tool x64\x00" wide
    condition:
        tm_format == "pe" and $description
}

rule carbonblack_go_event_forwarder
{
    meta:
        vendor = "carbon-black"
        product = "event-forwarder"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/carbonblack/cb-event-forwarder"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/carbonblack\/cb-event-forwarder(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/carbonblack\/cb-event-forwarder(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule carbonblack_go_octarine
{
    meta:
        vendor = "carbon-black"
        product = "octarine"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/octarinesec/octarine-operator"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/octarinesec\/octarine-operator(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/octarinesec\/octarine-operator(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
