# Language, warnings, sanitizers and tools, for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
# Assertions (MAINSTAY_ASSERT) stay on in every build; NDEBUG only silences the libraries' own.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(MAINSTAY_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
if(MAINSTAY_SANITIZE)
    set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")  # compiles as quickly as -O0, and runs faster
else()
    set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
endif()
option(MAINSTAY_WERROR "Warnings are errors" ON)

if(NOT MAINSTAY_SANITIZE)  # where several files are compiled together (layer.cmake)
    set(shadow_warning -Wshadow)
endif()
add_library(mainstay_settings INTERFACE)
target_compile_options(mainstay_settings INTERFACE -Wall -Wextra -Wpedantic ${shadow_warning} -Wnon-virtual-dtor
    -Woverloaded-virtual -Wno-missing-field-initializers
    # g++ 12 warns falsely at -O2: of the inside of an empty std::optional, and of concatenated std::string.
    -Wno-maybe-uninitialized -Wno-restrict $<$<BOOL:${MAINSTAY_WERROR}>:-Werror>)
if(MAINSTAY_SANITIZE)
    add_compile_options(-fsanitize=${MAINSTAY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${MAINSTAY_SANITIZE})
    if(MAINSTAY_SANITIZE MATCHES "undefined")
        # What ASan stops at anyway, for some of the build's time.
        add_compile_options(-fno-sanitize=null,object-size)
    endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
    # With precompiled headers ccache has to be told that the names and times in them do not matter.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()
