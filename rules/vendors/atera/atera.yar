// SPDX-License-Identifier: Apache-2.0
rule atera_agent
{
    meta:
        vendor = "atera"
        product = "agent"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "magicsword-io/LOLRMM yaml/atera.yaml"
        basis = "OriginalFilename in the version resource, where only the resource compiler puts it"
    strings:
        $original = "OriginalFilename\x00AteraAgent.exe\x00" wide
    condition:
        tm_format == "pe" and $original
}
