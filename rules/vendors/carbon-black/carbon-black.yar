// SPDX-License-Identifier: Apache-2.0
rule carbonblack_cloud_linux
{
    meta:
        vendor = "carbon-black"
        product = "cloud-sensor"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "program and settings of the Linux sensor"
    strings:
        $agent = "/opt/carbonblack/psc/bin/cbagentd"
        $cfg = "/var/opt/carbonblack/psc/cfg.ini"
    condition:
        tm_format == "elf" and all of them
}

rule carbonblack_av_update
{
    meta:
        vendor = "carbon-black"
        product = "cloud-sensor"
        weight = "medium"
        scope = "pe"
        reference = "public lists"
        basis = "description of the update tool"
    strings:
        $desc = "Carbon Black Cloud Sensor AV Update Tool x64" wide
    condition:
        tm_format == "pe" and $desc
}
