# The program `attune`, its installation, and the Debian package (`ninja package`, dpkg-dev).
if(EXISTS ${CMAKE_SOURCE_DIR}/src/app/main.cpp)
  add_executable(attune ${CMAKE_SOURCE_DIR}/src/app/main.cpp)
  target_link_libraries(attune PRIVATE attune_app)

  include(GNUInstallDirs)
  install(TARGETS attune DESTINATION ${CMAKE_INSTALL_BINDIR})
  # Models and the ONNX Runtime, gathered in the build folder by cmake/models.cmake.
  install(DIRECTORY ${CMAKE_BINARY_DIR}/share/attune DESTINATION share)
  install(FILES ${CMAKE_SOURCE_DIR}/deploy/attune.service DESTINATION lib/systemd/system)
  install(FILES ${CMAKE_SOURCE_DIR}/deploy/attune.sysusers DESTINATION lib/sysusers.d
          RENAME attune.conf)
  install(FILES ${CMAKE_SOURCE_DIR}/deploy/attune.conf DESTINATION share/doc/attune/examples)
  install(FILES ${CMAKE_SOURCE_DIR}/deploy/README.md DESTINATION share/doc/attune)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME attune)
set(CPACK_PACKAGE_CONTACT "The operators of this Attune <root@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Self-hosted mental-health care: a sealed record and its web app")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/deploy/postinst)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)

include(cmake/fuzz.cmake)
