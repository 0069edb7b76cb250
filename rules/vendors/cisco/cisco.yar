// SPDX-License-Identifier: Apache-2.0
rule cisco_immunet_driver
{
    meta:
        vendor = "cisco"
        product = "secure-endpoint"
        weight = "medium"
        scope = "pe"
        witness = "build"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_ImmunetUtilDriver.yar, sample 2e270063af92a4f37d3f828dbb444c9a6277ea0d15a5b808e66e3b66ca5f5a58"
        basis = "debug path and OriginalFilename of the driver, together"
    strings:
        $pdb = "ImmunetUtilDriver.pdb\x00"
        $original = "OriginalFilename\x00ImmunetUtilDriver.sys\x00" wide
    condition:
        tm_format == "pe" and all of them
}

rule cisco_webex_installer
{
    meta:
        vendor = "cisco"
        product = "webex"
        weight = "weak"
        scope = "pe"
        witness = "claim"
        reference = "wietze/HijackLibs yml/3rd_party/cisco/wcldll.yml, sample bf1a0c67b433f52ebd304553f022baa34bfbca258c932d2b4b8b956b1467bfa5"
        basis = "FileDescription and OriginalFilename in the version resource of ptInst.exe"
    strings:
        $description = "FileDescription\x00\x00WebEx PT ptInst Module\x00" wide
        $original = "OriginalFilename\x00ptInst.exe\x00" wide
    condition:
        tm_format == "pe" and all of them
}

rule cisco_clamav
{
    meta:
        vendor = "cisco"
        product = "clamav"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "Debian clamav, clamav-daemon, clamdscan, clamav-freshclam, libclamav12 1.4.6+dfsg-0+deb12u1"
        basis = "private symbols of the library, bound by their version: programs of others that scan through it use the public ones alone"
    strings:
        $version = "\x00CLAMAV_PRIVATE\x00"
        $chomp = "\x00cli_chomp\x00"
        $ctime = "\x00cli_ctime\x00"
        $strerror = "\x00cli_strerror\x00"
        $debug = "\x00cli_dbgmsg\x00"
    condition:
        tm_format == "elf" and $version and 2 of ($chomp, $ctime, $strerror, $debug)
}

rule cisco_duo_unix
{
    meta:
        vendor = "cisco"
        product = "duo"
        weight = "strong"
        scope = "elf"
        witness = "code"
        reference = "Debian libpam-duo, login-duo 1.11.3-1+b1"
        basis = "messages of the login module and the login shell, each a string of its own: a text that quotes them is none"
    strings:
        $bypassed = "\x00User %s bypassed Duo 2FA due to user's UNIX group\x00"
        $handle = "\x00Couldn't open Duo API handle\x00"
        $failsafe = "\x00Failsafe Duo login\x00"
        $failsecure = "\x00Failsecure Duo login\x00"
    condition:
        tm_format == "elf" and 3 of them
}

rule cisco_go_tetragon
{
    meta:
        vendor = "cisco"
        product = "tetragon"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cilium/tetragon"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cilium\/tetragon(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cilium\/tetragon(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cisco_go_cilium
{
    meta:
        vendor = "cisco"
        product = "cilium"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cilium/cilium"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cilium\/cilium(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cilium\/cilium(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cisco_go_cilium_cli
{
    meta:
        vendor = "cisco"
        product = "cilium-cli"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cilium/cilium-cli"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cilium\/cilium-cli(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cilium\/cilium-cli(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cisco_go_hubble
{
    meta:
        vendor = "cisco"
        product = "hubble"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cilium/hubble"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cilium\/hubble(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cilium\/hubble(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cisco_go_hubble_ui
{
    meta:
        vendor = "cisco"
        product = "hubble-ui"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/cilium/hubble-ui/backend"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/cilium\/hubble-ui\/backend(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/cilium\/hubble-ui\/backend(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cisco_go_terraform_intersight
{
    meta:
        vendor = "cisco"
        product = "terraform-intersight"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/CiscoDevNet/terraform-provider-intersight"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/CiscoDevNet\/terraform-provider-intersight(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/CiscoDevNet\/terraform-provider-intersight(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cisco_go_terraform_dcnm
{
    meta:
        vendor = "cisco"
        product = "terraform-dcnm"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/CiscoDevNet/terraform-provider-dcnm"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/CiscoDevNet\/terraform-provider-dcnm(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/CiscoDevNet\/terraform-provider-dcnm(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}

rule cisco_go_terraform_sdwan
{
    meta:
        vendor = "cisco"
        product = "terraform-sdwan"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "module line of go.mod of github.com/CiscoDevNet/terraform-provider-sdwan"
        basis = "main package or main module in Go's build information; what merely uses the module has it as a dependency"
    strings:
        $module = /\nmod\tgithub\.com\/CiscoDevNet\/terraform-provider-sdwan(\/v[0-9]{1,2})?\t/
        $package = /path\tgithub\.com\/CiscoDevNet\/terraform-provider-sdwan(\/v[0-9]{1,2})?[\n\/]/
    condition:
        any of them
}
