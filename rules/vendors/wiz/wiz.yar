// SPDX-License-Identifier: Apache-2.0
rule wiz_sensor
{
    meta:
        vendor = "wiz"
        product = "sensor"
        weight = "medium"
        scope = "elf"
        reference = "wiz-sec/charts"
        basis = "image registry and store paths of the sensor"
    strings:
        $registry = "wizio.azurecr.io/sensor"
        $store = "/opt/wiz/sensor/host-store"
        $lib = "github.com/wiz-sec/wiz/diskscanlib"
        $lib2 = "github.com/wiz-sec/wiz/commonlib"
    condition:
        tm_format == "elf" and 2 of them
}

rule wiz_internal_go
{
    meta:
        vendor = "wiz"
        product = "sensor"
        weight = "medium"
        scope = "any"
        reference = "public lists"
        basis = "Go packages of a private module"
    strings:
        $scan = "github.com/wiz-sec/wiz/diskanalyzerlib"
        $log = "github.com/wiz-sec/wiz/loglib"
        $grpc = "github.com/wiz-sec/wiz/grpclib"
    condition:
        2 of them
}
