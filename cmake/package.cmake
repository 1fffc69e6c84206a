# What `cmake --install` and the Debian package hold: scripts/package.sh makes it. A package fits the release of Debian
# that it was built on, because it asks for that one's libraries (dpkg-shlibdeps).
include(GNUInstallDirs)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/syncwatch)
install(TARGETS syncwatch RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES deploy/debian/syncwatch.toml DESTINATION /etc/syncwatch)
install(FILES deploy/systemd/syncwatch.service deploy/systemd/syncwatch-worker.service
    deploy/systemd/syncwatch-restore-test.service deploy/systemd/syncwatch-restore-test.timer
    deploy/systemd/syncwatch-backup-postgres.service deploy/systemd/syncwatch-backup-postgres.timer
    deploy/systemd/syncwatch-wal-stream.service
    DESTINATION lib/systemd/system)
install(FILES docs/alerts.md docs/configuration.md docs/metrics.md docs/operations.md docs/security.md DESTINATION ${doc})
install(FILES deploy/debian/copyright DESTINATION ${doc})
install(FILES deploy/production.toml DESTINATION ${doc}/examples)
install(DIRECTORY deploy/coturn deploy/haproxy deploy/kubernetes deploy/observability deploy/postgresql deploy/redis
    DESTINATION ${doc}/examples)
install(CODE "
    execute_process(COMMAND gzip -9nc \"${PROJECT_SOURCE_DIR}/CHANGELOG.md\"
        OUTPUT_FILE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${doc}/changelog.gz\" COMMAND_ERROR_IS_FATAL ANY)")

# "~deb12": a release upgrade takes the package of the new one.
set(release "")
if(EXISTS /etc/os-release)
    file(STRINGS /etc/os-release release REGEX "^VERSION_ID=")
    string(REGEX REPLACE "[^0-9.]" "" release "${release}")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME syncwatch)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "SyncWatch maintainers <maintainers@syncwatch.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "watch films together, apart")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Upload a film, share a link, and everyone sees the same frame at the same
moment, with chat and voice beside it. Guests need a browser and nothing else.
.
One process with everything in one folder, or several nodes and workers on
PostgreSQL, Redis and an S3 store.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~deb${release}")
set(CPACK_DEBIAN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ffmpeg")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "age, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "coturn, haproxy, postgresql, redis-server")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/deploy/debian/conffiles
    ${PROJECT_SOURCE_DIR}/deploy/debian/postinst
    ${PROJECT_SOURCE_DIR}/deploy/debian/prerm
    ${PROJECT_SOURCE_DIR}/deploy/debian/postrm)

# Debian's tools ask for one of the package, beside the program's own.
string(TIMESTAMP day "%a, %d %b %Y 00:00:00 +0000" UTC)
file(WRITE ${PROJECT_BINARY_DIR}/changelog.Debian
"syncwatch (${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) stable; urgency=medium

  * See changelog.gz beside this file.

 -- ${CPACK_PACKAGE_CONTACT}  ${day}
")
execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${PROJECT_BINARY_DIR}/changelog.Debian.gz DESTINATION ${doc})
include(CPack)
