// SPDX-License-Identifier: Apache-2.0
rule kaspersky_kesl
{
    meta:
        vendor = "kaspersky"
        product = "kesl"
        weight = "medium"
        scope = "elf"
        reference = "elastic/protections-artifacts"
        basis = "programs of Endpoint Security for Linux"
    strings:
        $kesl = "/opt/kaspersky/kesl/libexec/kesl"
        $ctl = "/opt/kaspersky/kesl/bin/kesl-control"
        $agent = "/opt/kaspersky/klnagent64/sbin/klnagent"
        $chk = "/opt/kaspersky/klnagent64/bin/klnagchk"
    condition:
        tm_format == "elf" and 2 of them
}
