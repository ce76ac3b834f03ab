# mainstay_layer(NAME [KNOWS LAYER...] [LINKS LIBRARY...] [HEADERS LIBRARY...] [READ_ONCE NAME...]): the folder NAME as the static library
# mainstay_NAME. Its public headers are NAME/include; every other header of the folder is reachable from inside the layer
# alone. No public header includes one of another library: LINKS are only linked, HEADERS are needed to build the layer
# and by nobody after that. READ_ONCE are headers of cmake/precompiled beside `standard`.
function(mainstay_layer name)
    cmake_parse_arguments(ARG "" "" "KNOWS;LINKS;HEADERS;READ_ONCE" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${name}/*.cpp)
    list(FILTER sources EXCLUDE REGEX ".*_main\\.cpp$")
    if(NOT sources)  # a layer nobody has begun: its headers alone
        file(WRITE ${CMAKE_BINARY_DIR}/${name}_headers_only.cpp "")
        set(sources ${CMAKE_BINARY_DIR}/${name}_headers_only.cpp)
    endif()
    add_library(mainstay_${name} STATIC ${sources})
    add_library(mainstay::${name} ALIAS mainstay_${name})
    set_target_properties(mainstay_${name} PROPERTIES EXPORT_NAME ${name})
    target_compile_features(mainstay_${name} PUBLIC cxx_std_20)
    target_include_directories(mainstay_${name}
        PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/${name}/include> $<INSTALL_INTERFACE:include>
        PRIVATE ${CMAKE_SOURCE_DIR}/${name})
    foreach(layer IN LISTS ARG_KNOWS)
        target_link_libraries(mainstay_${name} PUBLIC mainstay_${layer})
    endforeach()
    target_link_libraries(mainstay_${name} PRIVATE ${ARG_LINKS} $<BUILD_INTERFACE:mainstay_settings>)
    foreach(headers IN LISTS ARG_HEADERS)
        target_link_libraries(mainstay_${name} PRIVATE $<BUILD_INTERFACE:${headers}>)
    endforeach()
    if(MAINSTAY_SANITIZE)  # several files at once, where nobody builds again after a small change
        set_target_properties(mainstay_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
        target_compile_options(mainstay_${name} PRIVATE -Wno-subobject-linkage)  # of what only files together are warned
    endif()
    mainstay_precompile(mainstay_${name} standard ${ARG_READ_ONCE})
endfunction()
