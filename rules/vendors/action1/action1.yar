// SPDX-License-Identifier: Apache-2.0
rule action1_agent
{
    meta:
        vendor = "action1"
        product = "agent"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLRMM yaml/action1.yaml"
        basis = "OriginalFilename in the version resource, where only the resource compiler puts it"
    strings:
        $original = "OriginalFilename\x00action1_agent.exe\x00" wide
    condition:
        tm_format == "pe" and $original
}
