# attune_room(NAME USES room... LINKS library...)
#   src/NAME/*.cpp        -> static library attune_NAME
#   src/NAME/*_test.cpp   -> program test_NAME, registered with CTest
#   src/NAME/sql/*.sql    -> embedded (attune_embed), if there are any
function(attune_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.h)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  set(used ${ROOM_USES})
  list(TRANSFORM used PREPEND attune_)

  if(sources)
    add_library(attune_${name} STATIC ${sources} ${headers})
    target_include_directories(attune_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(attune_${name} PUBLIC ${used} ${ROOM_LINKS})
  else()
    add_library(attune_${name} INTERFACE)
    target_include_directories(attune_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(attune_${name} INTERFACE ${used} ${ROOM_LINKS})
  endif()

  if(ATTUNE_TESTS AND tests)
    add_executable(test_${name} ${tests})
    target_link_libraries(test_${name} PRIVATE attune_${name} GTest::gtest GTest::gtest_main)
    target_compile_definitions(test_${name} PRIVATE ATTUNE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                                    ATTUNE_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${name} COMMAND test_${name})
  endif()
endfunction()
