# The binaries. A program's main file is named *_main.cpp and stands in its layer's folder.
function(mainstay_program name main)
    if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${main})
        return()
    endif()
    add_executable(${name} ${main})
    target_link_libraries(${name} PRIVATE ${ARGN} mainstay_settings)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/shell)
endfunction()

mainstay_program(mainstay shell/mainstay_main.cpp mainstay::shell)
mainstay_program(mainstay-tck tests/tck/tck_main.cpp mainstay::query nlohmann_json::nlohmann_json)
mainstay_program(mainstay-bench bench/bench_main.cpp mainstay::connect nlohmann_json::nlohmann_json)
