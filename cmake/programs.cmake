# The binaries. A program's main file is named *_main.cpp; what else stands in its folder and is no test belongs to it.
# mainstay_program(NAME FOLDER MAIN LINKS...): nothing if the main file is not there.
function(mainstay_program name folder main)
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${folder}/${main})
        return()
    endif()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
    list(FILTER sources EXCLUDE REGEX ".*_(main|test)\\.cpp$")
    if(folder STREQUAL "shell")
        set(sources "")  # the layer's library holds them
    endif()
    add_executable(${name} ${folder}/${main} ${sources})
    target_link_libraries(${name} PRIVATE ${ARGN} mainstay_settings)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/${folder})
endfunction()

mainstay_program(mainstay shell mainstay_main.cpp mainstay::shell)
mainstay_program(mainstay-bench bench bench_main.cpp mainstay::connect nlohmann_json::nlohmann_json)
mainstay_program(mainstay-guard bench/guard guard_main.cpp mainstay::query)
mainstay_program(mainstay-load bench/server load_main.cpp mainstay::server fmt::fmt)
if(TARGET mainstay-load)
    target_include_directories(mainstay-load PRIVATE ${CMAKE_SOURCE_DIR}/server)  # messages of Bolt
    target_link_libraries(mainstay-load PRIVATE Boost::headers)
endif()
