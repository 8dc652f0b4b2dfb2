# Files inside the program: the web app and content/. src/app/assets.h is how the code sees them.
option(ATTUNE_WEB "Build the web app (needs node and npm) and embed it" ON)
find_program(ATTUNE_PYTHON python3 REQUIRED)

# attune_embed(TARGET NAME ROOT folder [VARIANTS folder] [SUFFIX .json] [DEPENDS file...])
# Adds attune::app::embedded::NAME() to TARGET: every file below ROOT (tools/embed.py).
function(attune_embed target name)
  cmake_parse_arguments(EMBED "" "ROOT;VARIANTS;SUFFIX" "DEPENDS" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/embedded/${name}.cpp)
  set(more)
  if(EMBED_VARIANTS)
    list(APPEND more --variants ${EMBED_VARIANTS})
  endif()
  if(EMBED_SUFFIX)
    list(APPEND more --suffix ${EMBED_SUFFIX})
  endif()
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${ATTUNE_PYTHON} ${CMAKE_SOURCE_DIR}/tools/embed.py --name ${name}
            --root ${EMBED_ROOT} ${more} --out ${out}
    COMMAND ${CMAKE_COMMAND} -E touch_nocreate ${out}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed.py ${EMBED_DEPENDS}
    COMMENT "Embedding ${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
  set_source_files_properties(${out} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

file(GLOB_RECURSE attune_content CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/content/*.json)
attune_embed(attune_app content ROOT ${CMAKE_SOURCE_DIR}/content SUFFIX .json
             DEPENDS ${attune_content})

if(ATTUNE_WEB)
  set(web ${CMAKE_SOURCE_DIR}/web)
  set(web_out ${CMAKE_BINARY_DIR}/web)
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/*)
  file(GLOB web_settings CONFIGURE_DEPENDS ${web}/*.json ${web}/*.html ${web}/*.ts ${web}/.npmrc)
  add_custom_command(
    OUTPUT ${web_out}/built
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build_web.sh ${web_out}
    COMMAND ${CMAKE_COMMAND} -E touch ${web_out}/built
    DEPENDS ${web_sources} ${web_settings} ${CMAKE_SOURCE_DIR}/tools/build_web.sh
            ${CMAKE_SOURCE_DIR}/tools/npm_ci.sh ${CMAKE_SOURCE_DIR}/tools/compress.mjs
    COMMENT "Building the web app"
    VERBATIM)
  attune_embed(attune_app web ROOT ${web_out}/dist VARIANTS ${web_out}/packed
               DEPENDS ${web_out}/built)
else()
  # For builds that test the server alone: a page that says so.
  file(WRITE ${CMAKE_BINARY_DIR}/no-web/index.html
       "<!doctype html>\n<title>Attune</title>\n<p>This build of Attune has no web app in it.\n")
  attune_embed(attune_app web ROOT ${CMAKE_BINARY_DIR}/no-web)
endif()
