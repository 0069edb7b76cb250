// SPDX-License-Identifier: Apache-2.0
rule rapid7_velociraptor
{
    meta:
        vendor = "rapid7"
        product = "velociraptor"
        weight = "medium"
        scope = "any"
        reference = "Velocidex/velociraptor"
        basis = "Go packages of Velociraptor"
    strings:
        $vr = "www.velocidex.com/golang/velociraptor"
        $vf = "www.velocidex.com/golang/vfilter"
    condition:
        all of them
}

rule rapid7_insight_agent_linux
{
    meta:
        vendor = "rapid7"
        product = "insight-agent"
        weight = "medium"
        scope = "elf"
        reference = "public lists"
        basis = "folders of the Insight Agent"
    strings:
        $boot = "/opt/rapid7/ir_agent/components/bootstrap"
        $agent = "/opt/rapid7/ir_agent/components/insight_agent"
        $broker = "/opt/rapid7/ir_agent/components/endpoint_broker"
    condition:
        tm_format == "elf" and 2 of them
}
