// SPDX-License-Identifier: Apache-2.0
rule mandiant_realtime_driver
{
    meta:
        vendor = "google-mandiant"
        product = "mandiant-tools"
        weight = "medium"
        scope = "pe"
        witness = "code"
        reference = "elastic/protections-artifacts yara/rules/Windows_VulnDriver_RealtimeDriver.yar, sample 1e87c118482101a9acb0952f4545dad155956dd397858b5d2748c63f0d836704"
        basis = "names of control codes in the collection driver, with its debug path"
    strings:
        $pdb = "mrt_wfp.pdb\x00"
        $start = "IOCTL_COLLECTION_START"
        $get = "IOCTL_COLLECTION_GETDATA"
    condition:
        tm_format == "pe" and all of them
}
