# SPDX-License-Identifier: Apache-2.0
# Style and script of the page that `touchmark report --html` writes.
tmk_embed(tmk tmk_page_css ${CMAKE_SOURCE_DIR}/analyzer/report/page.css)
tmk_embed(tmk tmk_page_js ${CMAKE_SOURCE_DIR}/analyzer/report/page.js)
