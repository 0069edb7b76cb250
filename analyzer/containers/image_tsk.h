/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of libtsk that are made, once tmk_image_library_load has found them. */
#pragma once

#include <tsk/libtsk.h>

struct tmk_tsk {
    __typeof__(&tsk_img_open_external) tsk_img_open_external;
    __typeof__(&tsk_img_close) tsk_img_close;
    __typeof__(&tsk_vs_open) tsk_vs_open;
    __typeof__(&tsk_vs_close) tsk_vs_close;
    __typeof__(&tsk_fs_open_img) tsk_fs_open_img;
    __typeof__(&tsk_fs_close) tsk_fs_close;
    __typeof__(&tsk_fs_dir_walk) tsk_fs_dir_walk;
    __typeof__(&tsk_fs_dir_open_meta) tsk_fs_dir_open_meta;
    __typeof__(&tsk_fs_dir_getsize) tsk_fs_dir_getsize;
    __typeof__(&tsk_fs_dir_get_name) tsk_fs_dir_get_name;
    __typeof__(&tsk_fs_dir_close) tsk_fs_dir_close;
    __typeof__(&tsk_fs_block_walk) tsk_fs_block_walk;
    __typeof__(&tsk_fs_file_read) tsk_fs_file_read;
    __typeof__(&tsk_fs_file_attr_getsize) tsk_fs_file_attr_getsize;
    __typeof__(&tsk_fs_file_attr_get_idx) tsk_fs_file_attr_get_idx;
    __typeof__(&tsk_fs_attr_read) tsk_fs_attr_read;
    __typeof__(&tsk_fs_type_toname) tsk_fs_type_toname;
    __typeof__(&tsk_error_get) tsk_error_get;
    __typeof__(&tsk_error_reset) tsk_error_reset;
};
extern struct tmk_tsk tmk_tsk;
