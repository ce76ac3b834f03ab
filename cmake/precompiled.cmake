# mainstay_precompile(TARGET HEADERS...): what cmake/precompiled/HEADERS.hpp includes of other libraries is read once, not once
# a file of TARGET (1.8 of 3.2 seconds of a small one). Every file still includes what it uses: the preset `dev`, which lint
# looks at, builds without.
option(MAINSTAY_PRECOMPILE "Read the headers of other libraries once a target" ON)

function(mainstay_precompile target)
    if(NOT MAINSTAY_PRECOMPILE)
        return()
    endif()
    # g++ 12 warns falsely of concatenated std::string where it has read its code so; `dev` keeps these warnings.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
    foreach(headers IN LISTS ARGN)
        target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled/${headers}.hpp)
    endforeach()
endfunction()
