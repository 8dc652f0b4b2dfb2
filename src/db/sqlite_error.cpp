#include "db/sqlite.h"

namespace attune::db {

base::Problem problemOf(int code, std::string_view message) {
  using Kind = base::Problem::Kind;
  switch (code) {
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_IOERR_DATA:
      return {
          Kind::corrupt,
          "the disk gives back other bytes than were written: stop the program, check the disk, "
          "and restore the last backup"};
    case SQLITE_IOERR_NOMEM:
      code = SQLITE_NOMEM;
      break;
    default:
      break;
  }
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {Kind::storage,
              "the disk is full and nothing was stored: free some space on the disk that holds the "
              "data folder, then try again"};
    case SQLITE_IOERR:
      return {Kind::storage,
              "the disk could not be read or written and nothing was stored: check the disk that "
              "holds the data folder, then try again (code " +
                  std::to_string(code) + ")"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {
          Kind::storage,
          "the database can't be written and nothing was stored: give the user that runs Attune "
          "write access to the data folder and the files in it"};
    case SQLITE_CANTOPEN:
      return {Kind::storage,
              "the database can't be opened: check that the data folder is there and that the user "
              "that runs Attune may read and write it"};
    case SQLITE_CONSTRAINT:
      return {Kind::conflict, "this does not fit with what is stored already",
              std::string(message)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Kind::unavailable,
              "the database was busy with other work for too long: try again in a moment"};
    case SQLITE_NOMEM:
      return {Kind::unavailable, "there is not enough memory for this just now: try again later"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {
          Kind::corrupt,
          "this is not a database of Attune, or it is damaged: keep the file as it is and restore "
          "the last backup"};
    case SQLITE_TOOBIG:
      return {Kind::tooLarge, "this is larger than the database can hold in one value"};
    default:
      return {Kind::internal, "the database refused a statement: " + std::string(message) +
                                  " (code " + std::to_string(code) + ")"};
  }
}

}  // namespace attune::db
