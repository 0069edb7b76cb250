// SPDX-License-Identifier: Apache-2.0
rule mandiant_realtime_driver
{
    meta:
        vendor = "google-mandiant"
        product = "mandiant-tools"
        weight = "medium"
        scope = "pe"
        reference = "elastic/protections-artifacts"
        basis = "control codes and debug path of the collection driver"
    strings:
        $pdb = "mrt_wfp.pdb"
        $start = "IOCTL_COLLECTION_START"
        $get = "IOCTL_COLLECTION_GETDATA"
    condition:
        tm_format == "pe" and ($pdb or ($start and $get))
}
