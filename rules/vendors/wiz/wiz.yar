// SPDX-License-Identifier: Apache-2.0
rule wiz_private_modules
{
    meta:
        vendor = "wiz"
        product = "sensor"
        weight = "medium"
        scope = "any"
        witness = "build"
        reference = "go.mod of github.com/wiz-sec/wiz/diskanalyzerlib, published by others; Go runtime/debug, the text of build information"
        basis = "modules of a private repository in Go's build information: nobody else can build with them; no program was at hand"
    strings:
        $analyzer = "\tgithub.com/wiz-sec/wiz/diskanalyzerlib\t"
        $scan = "\tgithub.com/wiz-sec/wiz/diskscanlib\t"
        $common = "\tgithub.com/wiz-sec/wiz/commonlib\t"
        $log = "\tgithub.com/wiz-sec/wiz/loglib\t"
        $grpc = "\tgithub.com/wiz-sec/wiz/grpclib\t"
    condition:
        2 of them
}
