// SPDX-License-Identifier: Apache-2.0
rule sentinelone_linux_agent
{
    meta:
        vendor = "sentinelone"
        product = "singularity-agent"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "programs inside the Linux agent"
    strings:
        $agent = "/opt/sentinelone/bin/sentinelone-agent"
        $ctl = "/opt/sentinelone/bin/sentinelctl"
        $addon = "/opt/sentinelone/bin/addon-host"
        $vuln = "/opt/sentinelone/addons/executables/SentinelAppVulnerability"
    condition:
        tm_format == "elf" and 2 of them
}
