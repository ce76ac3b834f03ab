# The explorer (server/web) in the binary. Node.js bundles it, out of the packages that ./dev fetches as its lock file pins
# them; without those the server has a page that says so.
set(MAINSTAY_WEB ${CMAKE_SOURCE_DIR}/build/web CACHE PATH "The explorer's packages, where ./dev setup puts them")
set(web_source ${CMAKE_SOURCE_DIR}/server/web)
set(web_assets ${CMAKE_BINARY_DIR}/web/web_assets.cpp)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/web)
find_program(NODE NAMES node nodejs)
file(GLOB web_fetched CONFIGURE_DEPENDS ${MAINSTAY_WEB}/fetched.json)  # is looked for again by each build
set(web_missing "")
if(NOT NODE)
    set(web_missing "Node.js is not installed")
elseif(NOT web_fetched)
    set(web_missing "its packages are not in ${MAINSTAY_WEB}")
endif()

if(web_missing)
    message(STATUS "The explorer is NOT built in: ${web_missing}; ./dev setup gets both, then build again")
    file(CONFIGURE OUTPUT ${web_assets} @ONLY CONTENT [[
#include "http/web_assets.hpp"

std::span<const mainstay::server::WebAsset> mainstay::server::web_assets() { return {}; }
]])
else()
    file(GLOB_RECURSE web_files CONFIGURE_DEPENDS ${web_source}/src/*)
    # web_assets.cpp last: what is there is whole.
    add_custom_command(OUTPUT ${web_assets} ${CMAKE_BINARY_DIR}/web/index.html
        COMMAND ${NODE} ${web_source}/build.mjs --packages ${MAINSTAY_WEB} --out ${CMAKE_BINARY_DIR}/web --embed ${web_assets}
        DEPENDS ${web_files} ${web_source}/index.html ${web_source}/build.mjs ${web_source}/bundle.mjs ${web_source}/tsconfig.json ${web_fetched}
        COMMENT "Bundling the explorer" VERBATIM)
endif()
target_sources(mainstay_server PRIVATE ${web_assets})
