# Runs PROGRAM on a new database file in ROOM, with ARGUMENTS, and compares what it prints with the file EXPECTED.
file(REMOVE_RECURSE ${ROOM})
file(MAKE_DIRECTORY ${ROOM})
execute_process(COMMAND ${PROGRAM} ${ROOM}/example.mst ${ARGUMENTS}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE complaint)
file(READ ${EXPECTED} expected)
if(NOT status EQUAL 0 OR NOT output STREQUAL expected)
    message(FATAL_ERROR "status ${status}\n${complaint}\nprinted:\n${output}\nexpected:\n${expected}")
endif()
