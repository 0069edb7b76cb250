// SPDX-License-Identifier: Apache-2.0
rule huorong_engine
{
    meta:
        vendor = "huorong"
        product = "internet-security"
        weight = "medium"
        scope = "pe"
        reference = "elastic/protections-artifacts"
        basis = "descriptions of the engine and the kernel extension"
    strings:
        $engine = "Huorong eXtendible Stream Scan Engine" ascii wide
        $kext = "Huorong Internet Security Core Kext" ascii wide
    condition:
        tm_format == "pe" and any of them
}
