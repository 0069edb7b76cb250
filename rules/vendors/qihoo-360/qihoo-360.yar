// SPDX-License-Identifier: Apache-2.0
rule qihoo360_go_wayne
{
    meta:
        vendor = "qihoo-360"
        product = "wayne"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/Qihoo360/wayne"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/Qihoo360\/wayne(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/Qihoo360\/wayne(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule qihoo_dsark_driver
{
    meta:
        vendor = "qihoo-360"
        product = "total-security"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_Dsark.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb1 = "DsArk.pdb\x00"
        $pdb2 = "DsArk64.pdb\x00"
        $original1 = "OriginalFilename\x00dsark.sys\x00" wide
        $original2 = "OriginalFilename\x00DsArk64.sys\x00" wide
    condition:
        tm_format == "pe" and (($pdb1 or $pdb2) and ($original1 or $original2))
}

rule qihoo_netmon_driver
{
    meta:
        vendor = "qihoo-360"
        product = "total-security"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_360netmon.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "360netmon_x64_wfp.pdb\x00"
        $original = "OriginalFilename\x00360netmon.sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}

rule qihoo_ludashi_driver
{
    meta:
        vendor = "qihoo-360"
        product = "ludashi"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_ComputerZ.yar"
        basis = "name of the debug file and OriginalFilename, together"
    strings:
        $pdb = "ComputerZ.pdb\x00"
        $original = "OriginalFilename\x00ComputerZ.Sys\x00" wide
    condition:
        tm_format == "pe" and $pdb and $original
}
