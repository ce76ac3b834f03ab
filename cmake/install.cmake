# cmake --install: the binary, the libraries with their public headers, and the package that find_package(mainstay) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(layers mainstay_core mainstay_storage mainstay_query mainstay_connect mainstay_server)
install(TARGETS ${layers} mainstay_all EXPORT mainstay-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(layer core storage query connect server)
    # core/json.hpp is for the layers themselves and needs nlohmann/json.
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/${layer}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        PATTERN core/json.hpp EXCLUDE)
endforeach()
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET mainstay)
    install(TARGETS mainstay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/mainstay)
install(EXPORT mainstay-targets NAMESPACE mainstay:: DESTINATION ${package})
configure_package_config_file(cmake/mainstay-config.cmake.in mainstay-config.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(mainstay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mainstay-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/mainstay-config-version.cmake
    DESTINATION ${package})
