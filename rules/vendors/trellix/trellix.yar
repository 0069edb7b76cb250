// SPDX-License-Identifier: Apache-2.0
rule trellix_ens_linux
{
    meta:
        vendor = "trellix"
        product = "endpoint-security"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "programs of Endpoint Security for Linux and the agent"
    strings:
        $espd = "/opt/McAfee/ens/esp/bin/mfeespd"
        $tpcli = "/opt/McAfee/ens/tp/bin/mfetpcli"
        $isec = "/opt/isec/ens/esp/bin/isecespd"
        $cma = "/opt/McAfee/cma/bin/cma"
        $agent = "/opt/Trellix/cma/bin/cmdagent"
    condition:
        tm_format == "elf" and 2 of them
}

rule trellix_hx_linux
{
    meta:
        vendor = "trellix"
        product = "hx-agent"
        weight = "medium"
        scope = "elf"
        reference = "elastic/protections-artifacts"
        basis = "programs of the HX agent"
    strings:
        $xagt = "/opt/fireeye/bin/xagt"
        $rte = "/opt/fireeye/bin/rte-sensor"
    condition:
        tm_format == "elf" and all of them
}
