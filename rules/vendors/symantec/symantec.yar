// SPDX-License-Identifier: Apache-2.0
rule symantec_event_monitor_driver
{
    meta:
        vendor = "symantec"
        product = "endpoint-protection"
        weight = "medium"
        scope = "pe"
        reference = "elastic/protections-artifacts"
        basis = "debug path and description of the event monitor"
    strings:
        $pdb = "VProEventMonitor.pdb"
        $desc = "VProEventMonitor.Sys - Event Monitoring driver" wide
    condition:
        tm_format == "pe" and any of them
}
