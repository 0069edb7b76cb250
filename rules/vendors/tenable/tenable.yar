// SPDX-License-Identifier: Apache-2.0
rule tenable_nessus_agent_linux
{
    meta:
        vendor = "tenable"
        product = "nessus-agent"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "programs and data of the agent"
    strings:
        $data = "com.tenable.nessus_agent"
        $cli = "/opt/nessus_agent/sbin/nessuscli"
        $svc = "/opt/nessus_agent/sbin/nessus-service"
        $mod = "/opt/nessus_agent/sbin/nessus-agent-module"
    condition:
        tm_format == "elf" and 2 of them
}
