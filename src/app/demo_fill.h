// Writes the invented clinic of `clinic` into an installation, read by the real model.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/service.h"
#include "clinic/demo_clinic.h"

namespace attune::app {

// Marks the installation as a demonstration and fills it. progress: (done, all) clients.
// Throws Problem(conflict) if there is anybody in it already.
void fillDemonstration(Installation& installation, Desk& desk, const clinic::DemoClinic& invented,
                       const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace attune::app
